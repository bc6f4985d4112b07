/** Password hashing: argon2id (@node-rs/argon2), used only here. */
import { hash, verify } from '@node-rs/argon2'
import { Turns } from './turns'

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. argon2id is the library's default. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** In characters. Longer passwords are refused without hashing, which would cost the server much and the sender nothing. */
export const MAX_PASSWORD_LENGTH = 1024

/**
 * How many passwords are hashed at once. Each takes one of Node's four threads for some 20 ms, and the same threads sign
 * tokens: with more, everybody's tokens would wait while somebody tries passwords.
 */
const AT_ONCE = 2
const turns = new Turns()
let next = 0

function inTurn<T>(task: () => Promise<T>): Promise<T> {
  next = (next + 1) % AT_ONCE
  return turns.take(String(next), task)
}

/** @returns a PHC string with salt and parameters */
export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(password, PARAMETERS))
}

/** Used when no user has the name, so that the response time does not reveal which names exist. */
let nobodysHash: Promise<string> | undefined

export async function verifyPassword(passwordHash: string | undefined, password: string): Promise<boolean> {
  nobodysHash ??= hashPassword('nobody has this password')
  const stored = passwordHash ?? (await nobodysHash)
  const right = await inTurn(() => verify(stored, password))
  return right && passwordHash !== undefined
}
