/** Figures as a Markdown table. */
import { median, perSecond, ratio } from './rounds.mjs'
import { WORKLOADS } from './workloads.mjs'

/** @typedef {import('./rounds.mjs').Results} Results */

/** @param {Map<string, Results>} measured by workload @param {string} ours the name of the contestant that the others are compared with */
export function asTable(measured, ours) {
  const others = [...new Set([...measured.values()].flatMap(results => [...results.keys()]))].filter(
    name => name !== ours,
  )
  const head = ['', `${ours}: calls/s`, 'p50 ms', 'p99 ms', 'CPU ms', ...others.map(name => `of ${name}`)]
  const rows = [...measured].map(([workload, results]) => {
    const rounds = results.get(ours) ?? []
    const of = pick => number(median(rounds.map(pick)))
    const cells = others.map(name => {
      const compared = results.get(name)
      if (!compared) return ''
      const { median: middle, least, most } = ratio(rounds, compared)
      return `**${number(middle)}** (${number(least)}–${number(most)})`
    })
    return [
      WORKLOADS[workload].title,
      of(perSecond),
      of(one => one.p50),
      of(one => one.p99),
      of(one => one.cpuMs),
      ...cells,
    ]
  })
  return markdown(head, rows)
}

/** @param {Map<string, Results>} measured */
export function asDetails(measured) {
  const rows = [...measured].flatMap(([workload, results]) =>
    [...results].map(([name, rounds]) => {
      const of = pick => number(median(rounds.map(pick)))
      return [workload, name, of(perSecond), of(one => one.p50), of(one => one.p99), of(one => one.cpuMs)]
    }),
  )
  const head = ['', '', 'calls/s', 'p50 ms', 'p99 ms', 'CPU ms']
  return markdown(head, rows)
}

/** @param {string[]} head @param {unknown[][]} rows */
export function markdown(head, rows) {
  return [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

/** @param {number} value */
function number(value) {
  if (!Number.isFinite(value)) return '–'
  return value >= 1000 ? Math.round(value).toLocaleString('en') : value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2)
}
