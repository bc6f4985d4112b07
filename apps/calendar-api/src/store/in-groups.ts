/** So that no statement has too many parameters: PostgreSQL allows 65,535, SQLite 32,766. */
const GROUP = 500

export function inGroups<T>(all: T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / GROUP) }, (_, index) =>
    all.slice(index * GROUP, (index + 1) * GROUP),
  )
}
