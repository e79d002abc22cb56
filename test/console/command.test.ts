import { execFileSync } from 'node:child_process'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { commandOf, shellOption, shellWord } from '../../console/parts/command.ts'

/** What a POSIX shell takes a line for: the words behind the name of the command. */
const words = (line: string) =>
  execFileSync('sh', ['-c', `f() { for word; do printf '%s\\036' "$word"; done; }; f ${line}`], { encoding: 'utf8' })
    .split('\u001e')
    .slice(0, -1)

const NASTY = `a'b"c\\ $(id) \`id\` $HOME;id #\nnext !! *\t\u0003\u001b]0;x\u0007\u0085é\r'`

describe('a copied command', () => {
  beforeAll(() => vi.stubGlobal('location', { origin: 'http://localhost:8787' }))

  it('has every text as one word, and no character that a terminal obeys', () => {
    expect(words(`${shellWord(NASTY)} ${shellWord('')} ${shellWord('plain-1')}`)).toEqual([NASTY, '', 'plain-1'])
    expect(shellWord(NASTY)).not.toMatch(/(?!\n)\p{Cc}/u)
  })

  it('has no value that is taken for an option', () => {
    expect(words(shellOption('subject', '--reason=$(id)'))).toEqual(['--subject=--reason=$(id)'])
    expect(words(shellOption('subject', 'ada'))).toEqual(['--subject', 'ada'])
  })

  it.each([
    ['cognito-identity', 'ListIdentityPools'],
    ['edge-identity', 'GetPoolSettings'],
  ])('of %s takes the region of the address as a text', (service, operation) => {
    const region = 'x$(id);id'
    const line = commandOf({ service, operation, region, input: {}, isPublic: false })
    expect(words(line).filter((word) => word.includes(region))).toHaveLength(1)
  })
})
