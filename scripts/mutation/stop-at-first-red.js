/**
 * The environment of all tests, in which nothing more runs after the first red test: a mutant is dead by then. What was
 * started is still stopped; that there is nothing to stop, because it never came up, is then no error of its own.
 */
const TestEnvironment = require('../jest/environment.js')

module.exports = class StopAtFirstRed extends TestEnvironment {
  red = false
  cameUp = true

  async handleTestEvent(event, state) {
    switch (event.name) {
      case 'run_start':
        this.forgive(state.rootDescribeBlock)
        break
      case 'hook_failure':
        // The tests that need this hook fail later, each in its turn.
        this.cameUp = false
        break
      case 'test_done':
        if (event.test.errors.length > 0) this.red = true
        break
      case 'run_describe_start':
        if (this.red) event.describeBlock.mode = 'skip'
        break
      case 'test_start':
        if (this.red) event.test.mode = 'skip'
        break
    }
  }

  forgive(describeBlock) {
    for (const hook of describeBlock.hooks) {
      if (hook.type !== 'afterAll') continue
      const cleanUp = hook.fn
      hook.fn = async () => {
        try {
          await cleanUp()
        } catch (error) {
          if (this.cameUp && !this.red) throw error
        }
      }
    }
    for (const child of describeBlock.children) if (child.type === 'describeBlock') this.forgive(child)
  }
}
