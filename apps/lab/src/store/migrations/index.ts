import * as runs from './001-runs'

export const migrations = { '001-runs': runs }
