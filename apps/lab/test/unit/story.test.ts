import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { allStories } from '../../src/watch/story'

const ROOT = join(__dirname, '../../../..')

test.each(allStories().map(story => [story.title, story] as const))('“%s” names files that exist', (_, story) => {
  const paths = [story.sentBy, story.receivedBy, story.heldBy].filter(path => path !== undefined)
  expect(paths.filter(path => !existsSync(join(ROOT, path)))).toEqual([])
})

test('each story has a reason and a thief', () => {
  for (const { why, thief } of allStories()) {
    expect(why.length).toBeGreaterThan(60)
    expect(thief.length).toBeGreaterThan(40)
  }
})
