/**
 * Renders templates with ejs. On its own, ejs looks for a partial's file in the file system at each `include` and copies all
 * values three times, and a page includes some 40 partials. Here each file is found once, and a page has its values once.
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

  /**
   * @param values of the page; while the template runs, also with `own`
   * @param own what an including template adds for this one
   */
  function render(file: string, values: Values, own: Values): string {
    const outer: Values = { ...own, include: undefined }
    for (const name in outer) outer[name] = values[name]
    // Takes the place of the function of the same name that ejs offers to a template.
    const include = (name: string, more: Values = {}) => render(find(name, dirname(file)), values, more)
    Object.assign(values, own, { include })
    const html = templateIn(file)(values)
    Object.assign(values, outer)
    return html
  }

  return (file, values, done) => {
    let html: string
    try {
      html = render(file, Object.assign(Object.create(null), values), {})
    } catch (error) {
      return done(error)
    }
    done(null, html)
  }
}
