// Asks whether a change is for one event of a series, for it and those that follow, or for all.

const dialog = document.getElementById('scope-dialog')
const title = document.getElementById('scope-title')
const form = dialog.querySelector('form')

/**
 * @param without a scope that makes no sense here
 * @returns `this`, `following`, `all`, or undefined if the user thinks better of it
 */
export function askScope(question, { without = [] } = {}) {
  title.textContent = question
  form.reset()
  for (const option of form.elements.scope) option.parentElement.hidden = without.includes(option.value)
  const first = [...form.elements.scope].find(option => !without.includes(option.value))
  first.checked = true
  dialog.returnValue = ''
  dialog.showModal()
  first.focus()
  return new Promise(resolve => {
    const answer = () => resolve(dialog.returnValue === 'go' ? form.elements.scope.value : undefined)
    dialog.addEventListener('close', answer, { once: true })
  })
}
