import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { backupWork } from '../../tools/identity/backup.ts'
import { BadFile } from '../../tools/identity/backup-file.ts'
import { importFile, STOPPED } from '../../tools/identity/import.ts'
import { BadOption } from '../../tools/lib/bootstrap.mjs'
import { BackupService } from './backup-service.ts'
import { outcomeHere } from './command-here.ts'
import { outcome } from './command-run.ts'

const POOL = 'us-east-1:0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9'
const OTHER = 'eu-west-1:aaaaaaaa-4b5a-4978-8695-a4b3c2d1e0f9'
const COMMAND = fileURLToPath(new URL('../../tools/commands/identity.mjs', import.meta.url))

const idOf = (n: number, home = 'us-east-1:0f1e2d3c') =>
  `${home}-0000-8${n.toString(16).padStart(3, '0')}-8000-000000000000`
const times = { created: '2026-11-01T00:00:00.000Z', changed: '2026-11-01T00:00:00.000Z' }
const login = (subject: string) => ({ provider: 'idp', subject })
const user = (n: number, ...subjects: string[]) => ({
  id: idOf(n),
  state: 'user',
  ...times,
  logins: subjects.map(login),
})
const guest = (n: number) => ({ id: idOf(n), state: 'guest', ...times, logins: [] })
const lost = (n: number, to: number) => ({ id: idOf(n), state: 'disabled', ...times, logins: [], forward: idOf(to) })

let service: BackupService
let env: Record<string, string>
let folder: string
beforeEach(async () => {
  service = new BackupService()
  env = await service.start()
  folder = mkdtempSync(join(tmpdir(), 'edge-identity-'))
  for (let n = 1; n <= 10; n++) service.put(n % 3 === 0 ? guest(n) : user(n, `user-${n}`))
  service.now += 3_600_000
})
afterEach(() => {
  service.stop()
  rmSync(folder, { recursive: true })
})

const file = () => join(folder, 'pool.jsonl')
const run = (...args: string[]) => outcomeHere('identity', [...args, '--pool', POOL], env)
const linesOf = (path: string) => readFileSync(path, 'utf8').trimEnd().split('\n')

/** A whole file with these identities, which may be changed before its last line is made. */
function whole(identities: readonly object[], pool = POOL): string {
  const logins = identities.reduce((sum, one) => sum + (one as ReturnType<typeof guest>).logins.length, 0)
  const header = { format: 'edge-identity-backup', version: 1, pool, time: times.created, settingsVersion: 7 }
  const text = [{ ...header, identities: identities.length }, ...identities]
    .map((one) => `${JSON.stringify(one)}\n`)
    .join('')
  const sha256 = createHash('sha256').update(text).digest('hex')
  return `${text}${JSON.stringify({ identities: identities.length, logins, sha256 })}\n`
}

/** Runs the command until the service has got this call, and kills it there. */
async function killedAt(call: number, ...args: string[]): Promise<void> {
  const child = spawn(process.execPath, [COMMAND, ...args, '--pool', POOL], { env: { ...process.env, ...env } })
  const reached = new Promise<void>((resolve) => {
    service.before = (_, number) => {
      if (number < call) return
      resolve()
      return new Promise(() => {})
    }
  })
  await reached
  child.kill('SIGKILL')
  await once(child, 'close')
  service.before = () => {}
  service.calls.length = 0
}

describe('identity export', () => {
  it('writes a file for its owner alone, which says whether it is whole', async () => {
    const expected = whole(service.lines.map(({ text }) => JSON.parse(text)))
    const { code, stderr, stdout } = await run('export', '--file', file())
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.split('\n')[0]).toBe(`10 identities with 7 logins are in ${file()}.`)
    const [, ...lines] = linesOf(file())
    expect(lines.slice(0, -1)).toEqual(expected.trimEnd().split('\n').slice(1, -1))
    expect(JSON.parse(linesOf(file())[0] ?? '')).toEqual({
      format: 'edge-identity-backup',
      version: 1,
      pool: POOL,
      time: new Date(service.now).toISOString(),
      settingsVersion: 7,
      identities: 10,
    })
    const before = readFileSync(file(), 'utf8')
      .split('\n')
      .slice(0, -2)
      .map((line) => `${line}\n`)
      .join('')
    const sha256 = createHash('sha256').update(before).digest('hex')
    expect(JSON.parse(lines.at(-1) ?? '')).toEqual({ identities: 10, logins: 7, sha256 })
    expect(statSync(file()).mode & 0o777).toBe(0o600)
    expect(existsSync(`${file()}.part`)).toBe(false)
    const again = join(folder, 'again.jsonl')
    const json = await run('export', '--file', again, '--json')
    expect(JSON.parse(json.stdout)).toEqual({ file: again, identities: 10, logins: 7, sha256, changed: 0 })
    expect(await run('export', '--file', file())).toMatchObject({
      code: 2,
      stderr: `${file()} is there already: name another file. --help tells more.\n`,
    })
  })

  it('goes to standard output, too', async () => {
    await run('export', '--file', file())
    const { code, stderr, stdout } = await outcome('identity', ['export', '--pool', POOL], env)
    expect({ code, stderr, stdout }).toEqual({ code: 0, stderr: '', stdout: readFileSync(file(), 'utf8') })
  })

  it('goes on where it was killed, also in the middle of a line', async () => {
    await run('export', '--file', file())
    const wanted = readFileSync(file(), 'utf8')
    rmSync(file())
    await killedAt(service.calls.length, 'export', '--file', file())
    rmSync(`${file()}.part`, { force: true })
    service.calls.length = 0
    await killedAt(3, 'export', '--file', file())
    const part = readFileSync(`${file()}.part`, 'utf8')
    expect(part.split('\n').length).toBeGreaterThan(3)
    writeFileSync(`${file()}.part`, `${part}{"id":"us-east-1:0f1e`)
    service.now += 1
    expect(await run('export', '--file', file())).toMatchObject({ code: 0 })
    expect(service.calls[0]?.input).toEqual({
      IdentityPoolId: POOL,
      After: JSON.parse(part.trimEnd().split('\n').at(-1) ?? '').id,
    })
    expect(readFileSync(file(), 'utf8')).toBe(wanted)
    writeFileSync(join(folder, 'b.part'), whole([], OTHER))
    expect(await run('export', '--file', join(folder, 'b'))).toMatchObject({
      code: 3,
      stderr: expect.stringContaining(`was begun for the pool ${OTHER}`),
    })
  })

  it('has what changed meanwhile as it was at the end, so that it can be imported', async () => {
    service.before = ({ input }) => {
      if (input.After !== idOf(3) || 'ChangedSince' in input) return
      service.now += 1
      // 1 and 5 became one, 2 and 8 too; 4 was deleted, and its user came back as somebody new; 10 lost a merge to 1.
      service.put(lost(1, 5))
      service.put(user(5, 'user-1', 'user-5'))
      service.put(user(2, 'user-2', 'user-8'))
      service.put(lost(8, 2))
      service.remove(idOf(4))
      service.put(user(11, 'user-4'))
      service.put(lost(10, 5))
      service.remove(idOf(9))
    }
    expect(await run('export', '--file', file())).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('changed in the minute before or meanwhile'),
    })
    expect(linesOf(file()).slice(1, -1)).toEqual(service.lines.map(({ text }) => text))
    expect(await run('import', '--file', file())).toMatchObject({ code: 0 })
    expect(service.imported).toEqual(service.lines.map(({ text }) => text))
  })

  it('corrects what was read at different times while it was corrected', async () => {
    // A user who is handed on from one page of changes to the next one, back and forth.
    for (let n = 1; n <= 10; n++) service.put(user(n, `user-${n}`))
    service.put(lost(11, 4))
    let moves = 0
    service.before = ({ input }) => {
      if (!('ChangedSince' in input) || input.After !== idOf(3) || moves++ > 0) return
      service.now += 120_000
      service.put(lost(1, 9))
      service.put(user(9, 'user-1', 'user-9'))
      service.remove(idOf(4))
    }
    expect(await run('export', '--file', file())).toMatchObject({ code: 0 })
    const lines = linesOf(file())
      .slice(1, -1)
      .map((line) => JSON.parse(line))
    expect(lines.find(({ id }) => id === idOf(1))).toEqual(lost(1, 9))
    // Of a deletion nothing is left to tell of it: the file has the identity as it was before.
    expect(lines.find(({ id }) => id === idOf(11))).toEqual(lost(11, 4))
    const subjects = lines.flatMap(({ logins }) => logins.map(({ subject }: { subject: string }) => subject))
    expect(new Set(subjects).size).toBe(subjects.length)
    expect(await run('import', '--file', file())).toMatchObject({ code: 0 })
  })

  it('ends with 1 if the service refuses, and keeps what it has', async () => {
    service.before = (_, number) => {
      if (number === 3) throw { __type: 'AccessDeniedException', message: 'no more' }
    }
    expect(await run('export', '--file', file())).toMatchObject({
      code: 1,
      stderr: 'ExportIdentities: AccessDeniedException: no more\n',
    })
    expect(statSync(`${file()}.part`).mode & 0o777).toBe(0o600)
  })
})

describe('identity import', () => {
  const identities = [user(1, 'ann'), lost(2, 1), guest(3), user(4, 'ben')]
  const text = (...more: object[]) => [...identities, ...more].map((one) => JSON.stringify(one))

  it('brings every line, and tells of the end', async () => {
    writeFileSync(file(), whole(identities))
    const { code, stdout } = await run('import', '--file', file())
    expect({ code, stdout }).toEqual({ code: 0, stdout: `4 identities with 2 logins are in ${POOL}.\n` })
    expect(service.imported).toEqual(text())
    expect(service.calls.map(({ input }) => Object.keys(input))).toEqual([
      ['IdentityPoolId', 'Header'],
      ['IdentityPoolId', 'Header', 'Import', 'FirstLine', 'Lines'],
      ['IdentityPoolId', 'Header', 'Import', 'Trailer'],
    ])
    expect(JSON.parse((await run('import', '--file', file(), '--json')).stdout)).toEqual({
      pool: POOL,
      identities: 4,
      logins: 2,
    })
  })

  it('goes on after the last line that was taken, in calls of a thousand lines, where it was killed', async () => {
    const many = Array.from({ length: 3_500 }, (_, n) => guest(n))
    writeFileSync(file(), whole(many))
    await killedAt(3, 'import', '--file', file())
    expect(service.imported.length).toBe(1_000)
    expect(await run('import', '--file', file())).toMatchObject({ code: 0 })
    expect(service.calls.map(({ input }) => input.FirstLine)).toEqual([undefined, 1_002, 2_002, 3_002, undefined])
    expect(service.imported).toEqual(many.map((one) => JSON.stringify(one)))
  })

  it('gives new ids in another pool, and writes which', async () => {
    writeFileSync(file(), whole(identities, POOL))
    const into = ['import', '--file', file(), '--new-ids']
    const { code, stdout } = await outcomeHere('identity', [...into, '--pool', OTHER], env)
    expect({ code, stdout: stdout.split('\n')[1] }).toEqual({
      code: 0,
      stdout: `${file()}.ids.csv has the new id of each.`,
    })
    expect(service.calls.every(({ input }) => input.NewIds === true)).toBe(true)
    const ids = [1, 2, 3, 4].map((n) => `${idOf(n)},${idOf(n, 'eu-west-1:aaaaaaaa')}`)
    expect(linesOf(`${file()}.ids.csv`)).toEqual(['old,new', ...ids])
    expect(statSync(`${file()}.ids.csv`).mode & 0o777).toBe(0o600)
    expect(await run(...into)).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/is of this pool: its identities keep their ids\.$/m),
    })
  })

  it.each([
    [
      'cut off',
      (all: string) => all.slice(0, all.lastIndexOf('{')),
      /has no last line: it was cut off after line 5\.$/,
    ],
    ['cut off in a line', (all: string) => all.slice(0, -20), /has no last line: it was cut off after line 5\.$/],
    ['longer', (all: string) => `${all}{}\n`, /goes on after its last line, line 6\.$/],
    ['changed', (all: string) => all.replace('ann', 'eve'), /is not as it was written: its SHA-256 .* --corrected\.$/],
    [
      'shorter by a line',
      (all: string) => all.replace(/^.*guest.*\n/m, ''),
      /has 3 identities with 2 logins, and its last line tells of 4 with 2\./,
    ],
    ['broken', (all: string) => all.replace('{"id"', '"id"'), /^Line 2: it is not JSON\.$/],
    ['another', () => '{"format":"csv"}\n', /is no file of edge-identity-backup\.$/],
    [
      'of a later version',
      (all: string) => all.replace('"version":1', '"version":2'),
      /is of version 2 of edge-identity-backup, and this reads version 1\.$/,
    ],
    [
      'of another pool',
      () => whole(identities, OTHER),
      /is of the pool eu-west-1:\S+, and not of us-east-1:\S+ With --new-ids its/,
    ],
    [
      'of a forward to nobody',
      () => whole([lost(1, 9)]),
      /^Line 2: forward leads to an identity that the file does not have/,
    ],
    ['of a forward to one that forwards', () => whole([lost(1, 2), lost(2, 3), guest(3)]), /^Line 2: forward leads/],
    ['empty', () => '', /is no file of edge-identity-backup\.$/],
    ['in UTF-8 with a mark', (all: string) => `\ufeff${all}`, /is no file of edge-identity-backup\.$/],
    [
      'of lines that end as on Windows',
      (all: string) => all.replaceAll('\n', '\r\n'),
      /is not as it was written: its SHA/,
    ],
    [
      'of a last line that comes twice',
      (all: string) => all + all.slice(all.lastIndexOf('\n{') + 1),
      /goes on after its/,
    ],
    [
      'in another encoding',
      (all: string) => Buffer.from(all.replace('ann', 'ann\u00e9'), 'latin1'),
      /is not in UTF-8\.$/,
    ],
    [
      'of a line without end',
      (all: string) => `${all}${'x'.repeat(600_000)}`,
      /has a line of more than 524288 bytes\.$/,
    ],
  ])('sends nothing of a file that is %s', async (_, damage, sentence) => {
    writeFileSync(file(), damage(whole(identities)))
    const asked: string[] = []
    const own = async (operation: string) => asked.push(operation)
    const options = { pool: POOL, file: file(), newIds: false, mapping: undefined, corrected: false, json: false }
    const refused = await importFile(options, own).catch((error: Error) => error)
    expect(refused).toBeInstanceOf(BadFile)
    expect({ message: (refused as Error).message, asked }).toEqual({
      message: expect.stringMatching(sentence),
      asked: [],
    })
  })

  it('stops where the service finds a line that cannot be, and goes on with the corrected file', async () => {
    writeFileSync(file(), whole(identities))
    service.before = ({ input }) => {
      if (input.FirstLine !== 2) return
      service.imported = text().slice(0, 2)
      throw { __type: 'InvalidParameterException', message: 'Line 4: a reason.' }
    }
    expect(await run('import', '--file', file())).toMatchObject({
      code: 3,
      stderr: `${STOPPED}\nImportIdentities: InvalidParameterException: Line 4: a reason.\n`,
    })
    writeFileSync(file(), readFileSync(file(), 'utf8').replace('ben', 'bob'))
    expect(await run('import', '--file', file())).toMatchObject({ code: 3 })
    expect(await run('import', '--file', file(), '--corrected')).toMatchObject({ code: 0 })
    expect(service.imported.at(-1)).toBe(JSON.stringify(user(4, 'bob')))
  })

  it('does not go on with a file in which the lines have other places', async () => {
    writeFileSync(file(), whole(identities))
    service.imported = text().slice(0, 2)
    writeFileSync(file(), whole([user(1, 'ann'), guest(3), user(4, 'ben')]))
    expect(await run('import', '--file', file())).toMatchObject({
      code: 3,
      stderr: `Line 3: it is not the identity ${idOf(2)}, up to which an earlier import of this pool came. Bring that file again, or cancel that import with --cancel.\n`,
    })
    expect(service.imported).toEqual(text().slice(0, 2))
    writeFileSync(file(), whole([user(1, 'ann')]))
    expect(await run('import', '--file', file())).toMatchObject({ code: 3, stderr: expect.stringMatching(/^Line 3:/) })
  })

  it('can be given up', async () => {
    const { code, stdout } = await run('import', '--cancel')
    expect({ code, stdout }).toEqual({ code: 0, stdout: `Nothing is being imported into ${POOL} any more.\n` })
    expect(service.calls).toEqual([{ target: 'ImportIdentities', input: { IdentityPoolId: POOL, Cancel: true } }])
  })

  it.each([
    ['import', {}, 'Name the file: --file <file>, or --cancel'],
    ['import', { file: 'no-such-file' }, 'There is no file no-such-file'],
    ['import', { cancel: true, file: 'x' }, '--cancel goes with no file'],
    ['export', { file: COMMAND }, `${COMMAND} is there already: name another file`],
  ] as [string, object, string][])('says what is wrong with %s and %o', (action, values, sentence) => {
    expect(() => backupWork(action, { pool: POOL, ...values })).toThrow(new BadOption(sentence))
  })
})
