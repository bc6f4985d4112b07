/**
 * Stands for @node-rs/argon2 in the tests of the endpoints, and hashes at its lowest cost: at ours each sign-in takes 30 ms
 * of work, and they sign in some thousand times. test/unit/passwords.test.ts holds what a hash costs.
 */
const argon2 = require('../../apps/auth-server/node_modules/@node-rs/argon2')

module.exports = {
  ...argon2,
  hash: (password, parameters) => argon2.hash(password, { ...parameters, memoryCost: 8, timeCost: 1 }),
}
