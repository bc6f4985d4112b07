/** For a checkout that the user may not write to: what is already installed and built is used as it is. */
import { accessSync, constants, existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { Refusal } from './refusal.mjs'

/** @param {string} path @returns {boolean} whether this user may write it, or create it if it does not exist */
export function isWritable(path) {
  try {
    accessSync(existsSync(path) ? path : dirname(path), constants.W_OK)
    return true
  } catch {
    return false
  }
}

/**
 * @param {string[]} paths that must be writable @param {string} why the beginning of a sentence
 * @throws {Refusal} naming the first path that this user may not write
 */
export function requireWritable(paths, why) {
  const locked = paths.find(path => !isWritable(path))
  if (!locked) return
  throw new Refusal(
    `${why}, but this user may not write ${locked}. Run "npm start" once as the user who owns it, or copy the checkout to a folder of your own.`,
  )
}
