/** A folder for the data of a test's services. */
import { mkdtempSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const MEMORY = '/dev/shm'
const ENOUGH_BYTES = 2 * 1024 ** 3

/**
 * Creates an empty folder, in memory if the system has enough (only on Linux): a test's data need not survive a power
 * cut, and most of a store's time is spent waiting for the disk at each commit.
 * @param prefix of its name @returns its path; the caller removes it
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
