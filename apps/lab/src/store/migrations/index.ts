import * as runs from './001-runs'
import * as numbers from './002-numbers'
import * as browsers from './003-browsers'

export const migrations = { '001-runs': runs, '002-numbers': numbers, '003-browsers': browsers }
