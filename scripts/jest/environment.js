/**
 * Jest's environment for Node, with less work for each file of tests: a run has some two hundred files.
 */
const { AsyncLocalStorage } = require('node:async_hooks')
const { createRequire } = require('node:module')
const { join } = require('node:path')
const vm = require('node:vm')
const { TestEnvironment } = require('jest-environment-node')

/**
 * Jest runs each hook and each test inside an AsyncLocalStorage, a new one for each file. Before Node 24, each one that
 * was ever entered slows down every promise of the process until it is disabled.
 * @type {Set<AsyncLocalStorage<unknown>>}
 */
const entered = new Set()
const { run } = AsyncLocalStorage.prototype
AsyncLocalStorage.prototype.run = function (...args) {
  entered.add(this)
  return Reflect.apply(run, this, args)
}

/**
 * Jest gives each file of tests its own copy of every module, and compiles each copy anew. Here each worker compiles a
 * module once and runs the result again for each copy; the copies share nothing but the compiled code.
 * @type {Map<string, { source: string, script: vm.Script }>} by file name
 */
const compiled = new Map()
const { compileFunction } = vm
vm.compileFunction = (source, parameters = [], options = {}) => {
  const { filename, parsingContext } = options
  if (!filename || !parsingContext) return compileFunction(source, parameters, options)
  let known = compiled.get(filename)
  if (known?.source !== source) {
    const head = `(function (${parameters.join()}) {`
    known = { source, script: new vm.Script(`${head}${source}\n})`, { filename, columnOffset: -head.length }) }
    compiled.set(filename, known)
  }
  return known.script.runInContext(parsingContext)
}

/** Kysely has 263 modules and keeps nothing between two uses, so each worker loads it once and not for each file. */
const requireFromShared = createRequire(join(__dirname, '../../packages/shared/package.json'))
const loadKysely = () => requireFromShared('kysely')

module.exports = class LeanEnvironment extends TestEnvironment {
  /** @override */
  async setup() {
    await super.setup()
    Object.assign(this.global, { loadKysely })
  }

  /** @override */
  async teardown() {
    await super.teardown()
    for (const storage of entered) storage.disable()
    entered.clear()
  }
}
