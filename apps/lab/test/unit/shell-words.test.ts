import { execFileSync } from 'node:child_process'
import { type ShellPart, shellComment, shellWord } from '../../src/exports/shell-words'

const TOKEN = { variable: 'TOKEN' }
const VALUE = `a'b"c$d\`e\\f`

/** What a shell hands to a program. */
function handedOver(word: string): string {
  return execFileSync('sh', ['-c', `printf %s ${word}`], { env: { TOKEN: VALUE }, encoding: 'utf8' })
}

test.each<[string, ShellPart[], string]>([
  ['plain text', ['http://localhost:4001/token?a=1&b=2'], 'http://localhost:4001/token?a=1&b=2'],
  ['nothing', [], ''],
  ['quotes, dollars, backslashes', [`it's "5 $HOME \`id\` \\n !x`], `it's "5 $HOME \`id\` \\n !x`],
  ['lines', ['one\ntwo'], 'one\ntwo'],
  ['what would be a pattern', ['{a,b} [1-3] * ? ~ #'], '{a,b} [1-3] * ? ~ #'],
  ['a variable', [TOKEN], VALUE],
  ['text and a variable', ['Bearer ', TOKEN], `Bearer ${VALUE}`],
  ['a variable with letters behind it', [TOKEN, 's_and more'], `${VALUE}s_and more`],
  ['a variable in difficult text', [`{"it's":"`, TOKEN, '","$x":1}'], `{"it's":"${VALUE}","$x":1}`],
])('a shell hands on exactly what was meant: %s', (_, parts, meant) => {
  expect(handedOver(shellWord(parts))).toBe(meant)
})

test('a comment stays one line, whatever is in it', () => {
  expect(shellComment('one\nrm -rf /\u001b[31m\u202e two')).toBe('# one rm -rf / [31m two')
})
