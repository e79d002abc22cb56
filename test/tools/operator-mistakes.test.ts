import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { answered, outcome } from './command-run.ts'

const POOL = 'us-east-1:0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9'

it('a refusal is told whose sentence the front of the service writes, as for a key that may not do it', async () => {
  const refusal = { __type: 'AccessDeniedException', Message: 'User: a is not authorized to perform: b on resource: c' }
  expect(await answered('identity', ['list', '--pool', POOL], [refusal])).toMatchObject({
    code: 1,
    stderr: `ListIdentityDetails: AccessDeniedException: ${refusal.Message}\n`,
  })
})

it('an operation is told that a service of an earlier version does not know', async () => {
  expect(await answered('identity', ['list', '--pool', POOL], [{ __type: 'UnknownOperationException' }])).toMatchObject(
    {
      code: 1,
      stderr:
        'ListIdentityDetails: UnknownOperationException: The service does not know this operation: it is of an earlier version, or it is another service.\n',
    },
  )
})

it('a file that cannot be written is not taken for a service that cannot be reached', async () => {
  const file = join(POOL, 'no-such-folder', 'pool.jsonl')
  const { code, stderr } = await answered(
    'identity',
    ['export', '--pool', POOL, '--file', file],
    [{ Lines: '', Time: 0 }],
  )
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^ENOENT: .*pool\.jsonl\.part'\n$/) })
})

it('a service without http before its name is a wrong option', async () => {
  const args = ['list', '--pool', POOL, '--endpoint-url', 'localhost:8787']
  expect(await outcome('identity', args)).toMatchObject({
    code: 2,
    stderr: 'localhost:8787 is not the URL of a service, such as http://localhost:8787. --help tells more.\n',
  })
})

it('nobody is erased whose receipt would be written over another, or could not be written', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'edge-identity-'))
  const file = join(folder, 'receipt.jwt')
  const erase = (receipt: string, Receipt: string) =>
    answered(
      'identity',
      ['erase', '--pool', POOL, '--identity', POOL, '--receipt', receipt],
      [{ Outcome: 'Erased', Receipt }],
    )
  expect(await erase(file, 'a.b.c')).toMatchObject({ code: 0, asked: [{ target: 'EraseUser' }] })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(await erase(file, 'd.e.f')).toMatchObject({
    code: 2,
    asked: [],
    stderr: `${file} is there already, and a receipt is never written over a file: name another. --help tells more.\n`,
  })
  expect(readFileSync(file, 'utf8')).toBe('a.b.c\n')
  expect(await erase(join(folder, 'no-such-folder', 'r'), 'd.e.f')).toMatchObject({
    code: 2,
    asked: [],
    stderr: expect.stringMatching(/^The receipt could not be written: ENOENT: .*no-such-folder/),
  })
  rmSync(folder, { recursive: true })
})
