/**
 * Replaces @node-rs/argon2 in the endpoint tests and hashes at the lowest cost. At the real cost each sign-in takes 30 ms,
 * and these tests sign in about a thousand times. test/unit/passwords.test.ts checks the real cost.
 */
const argon2 = require('../../apps/auth-server/node_modules/@node-rs/argon2')

module.exports = {
  ...argon2,
  hash: (password, parameters) => argon2.hash(password, { ...parameters, memoryCost: 8, timeCost: 1 }),
}
