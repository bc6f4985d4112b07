import * as runs from './001-runs'
import * as numbers from './002-numbers'

export const migrations = { '001-runs': runs, '002-numbers': numbers }
