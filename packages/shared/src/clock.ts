/**
 * Functions receive the clock as a parameter, so that a test can set the time.
 * A clock returns milliseconds since the epoch.
 */
export type Clock = () => number

export const systemClock: Clock = Date.now

/** The clock's time in whole seconds since the epoch, the unit of a JWT's NumericDate (RFC 7519 §2). */
export function seconds(clock: Clock): number {
  return Math.floor(clock() / 1000)
}
