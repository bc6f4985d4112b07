/** Text that a client sends. */
import { z } from 'zod'

/** @param longest in UTF-16 code units */
export function text(longest: number) {
  // A lone surrogate is not a character, and PostgreSQL cannot store NUL.
  const isStorable = (value: string) => !/\0|\p{Surrogate}/u.test(value)
  return z
    .string()
    .max(longest)
    .refine(isStorable, 'contains a character that cannot be stored: NUL or half of a surrogate pair')
}
