/** Jest's global tear-down of the project `postgres`. */
export default async function stopPostgres() {
  await globalThis.glasshousePostgres.remove()
}
