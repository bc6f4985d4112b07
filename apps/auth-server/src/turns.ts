/** Runs tasks with the same key one after the other, and tasks with different keys at the same time. */
export class Turns {
  /** The last task for each key that still has tasks. */
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
