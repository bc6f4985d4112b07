/** Passwords: argon2id (@node-rs/argon2), met only here. */
import { hash, verify } from '@node-rs/argon2'

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. argon2id is the library's default. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** Longer ones are refused unseen: hashing a megabyte is work for us and none for the sender. In characters. */
export const MAX_PASSWORD_LENGTH = 1024

/** @returns a PHC string with salt and parameters */
export function hashPassword(password: string): Promise<string> {
  return hash(password, PARAMETERS)
}

/** Compared with when nobody has that name, so that a name that exists answers no slower than one that does not. */
let nobodysHash: Promise<string> | undefined

export async function verifyPassword(passwordHash: string | undefined, password: string): Promise<boolean> {
  nobodysHash ??= hashPassword('nobody has this password')
  const right = await verify(passwordHash ?? (await nobodysHash), password)
  return right && passwordHash !== undefined
}
