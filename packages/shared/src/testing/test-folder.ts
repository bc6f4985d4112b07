/** A folder for what a test's services keep. */
import { mkdtempSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const MEMORY = '/dev/shm'
const ENOUGH_BYTES = 2 * 1024 ** 3

/**
 * Makes a fresh folder: in memory where the system has some to spare (Linux alone), since a test's data need not
 * survive a power cut, and waiting for a disk at every commit is most of what a store costs.
 * @param prefix of its name @returns its path; whoever asked removes it
 */
export function createTestFolder(prefix: string): string {
  return mkdtempSync(join(hasRoom(MEMORY) ? MEMORY : tmpdir(), prefix))
}

function hasRoom(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize > ENOUGH_BYTES
  } catch {
    return false
  }
}
