/**
 * Renders templates with ejs. On its own, ejs looks for a partial's file in the file system at each `include` and copies all
 * values three times, and a page includes some 40 partials. Here each file is found once, and values are copied once.
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { compile, type Template, type Values } from 'ejs'

/** How Express calls an engine. */
type Engine = (file: string, values: object, done: (error: unknown, html?: string) => void) => void

/**
 * @param folders where partials are looked for, after the folder of the template that includes them
 * @param keep whether files that were read are remembered; without it, a changed template is used at the next page
 */
export function templateEngine(folders: readonly string[], keep: boolean): Engine {
  const templates = new Map<string, Template>()
  const places = new Map<string, string>()

  function templateIn(file: string): Template {
    const known = templates.get(file)
    if (known && keep) return known
    // The values that we pass have no prototype, so no copy is needed to hide one.
    const template = compile(readFileSync(file, 'utf8'), { filename: file, unsafePrototypeLocals: true })
    templates.set(file, template)
    return template
  }

  function find(name: string, folder: string): string {
    const question = `${folder}\n${name}`
    const known = places.get(question)
    if (known && keep) return known
    const place = [folder, ...folders].map(each => resolve(each, `${name}.ejs`)).find(existsSync)
    if (!place) throw new Error(`no template named ${name} in ${[folder, ...folders].join(', ')}`)
    places.set(question, place)
    return place
  }

  /** @param all the values of the including template @param own those that it adds for this one */
  function render(file: string, all: Values, own: Values): string {
    const values: Values = Object.assign(Object.create(null), all, own)
    // Takes the place of the function of the same name that ejs offers to a template.
    values.include = (name: string, more: Values = {}) => render(find(name, dirname(file)), values, more)
    return templateIn(file)(values)
  }

  return (file, values, done) => {
    let html: string
    try {
      html = render(file, {}, values as Values)
    } catch (error) {
      return done(error)
    }
    done(null, html)
  }
}
