/** Stands for kysely in all tests: the same, loaded once by each worker. See environment.js. */
module.exports = globalThis.loadKysely()
