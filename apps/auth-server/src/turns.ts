/** Runs the tasks of one key one after the other, and those of different keys at the same time. */
export class Turns {
  /** By key: the last task that was given. A key without a task is not kept. */
  private readonly last = new Map<string, Promise<unknown>>()

  async take<T>(key: string, task: () => Promise<T>): Promise<T> {
    const turn = (this.last.get(key) ?? Promise.resolve()).then(task, task)
    this.last.set(key, turn)
    try {
      return await turn
    } finally {
      if (this.last.get(key) === turn) this.last.delete(key)
    }
  }
}
