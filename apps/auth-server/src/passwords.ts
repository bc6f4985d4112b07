/** Password hashing: argon2id (@node-rs/argon2), used only here. */
import { hash, verify } from '@node-rs/argon2'

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. argon2id is the library's default. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** In characters. Longer passwords are refused without hashing, which would cost the server much and the sender nothing. */
export const MAX_PASSWORD_LENGTH = 1024

/** @returns a PHC string with salt and parameters */
export function hashPassword(password: string): Promise<string> {
  return hash(password, PARAMETERS)
}

/** Used when no user has the name, so that the response time does not reveal which names exist. */
let nobodysHash: Promise<string> | undefined

export async function verifyPassword(passwordHash: string | undefined, password: string): Promise<boolean> {
  nobodysHash ??= hashPassword('nobody has this password')
  const right = await verify(passwordHash ?? (await nobodysHash), password)
  return right && passwordHash !== undefined
}
