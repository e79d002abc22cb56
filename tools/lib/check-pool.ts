import type { Given } from '../../package/server/options.mjs'
import { BadOption } from './bootstrap.mjs'
import { type Own, whenNotBusy, withService } from './operator.ts'

interface Finding {
  Kind: string
  IdentityId?: string
  OtherIdentityId?: string
  Provider?: string
  Object?: number
  Repaired: boolean
}

interface Page {
  Objects: number
  Checked: Record<string, number>
  Findings: Finding[]
  NextToken?: string
}

/** What is left when a finding was not repaired, and can be repaired otherwise or not at all. */
const ADVICE: Readonly<Record<string, string>> = {
  ErasedIdentity: 'This user was erased, and is back or was never quite gone. --repair erases them again.',
  ErasedLogin: 'This login was erased, and is back at another identity. --repair takes it off.',
  MergeLost:
    'The winner of the merge was restored to before it won, and the logins that it took over are nowhere. Restore the object of the loser to the same time, or let its users sign in anew. To end this finding, delete the loser.',
  LoginDisputed:
    'Two identities had this login, and nothing said whose it was. Now neither has it: the user signs in anew.',
  TooManyLogins: 'Unlink one of them.',
  LoginWithoutIdentity: 'Restore the object to another time.',
  ObjectClosed:
    'The pool was deleted after the time to which its head was restored. Restore this object to the same time.',
  ObjectHasOtherSlots:
    'The pool grew after the time to which its head, or this object, was restored. Restore it to after that.',
  ObjectUnknown: 'The pool grew after the time to which its head was restored. Restore the head to after that.',
}

/** The exit code for what is still wrong. */
const STILL_WRONG = 3

/** Checks a pool, page after page, and with `--repair` puts right what can be. */
export async function main({ values }: Given): Promise<void> {
  const { pool, repair = false } = values
  if (pool === undefined) throw new BadOption('Name the pool: npm run check-pool -- --pool <pool id>')
  const region = values.region ?? pool.split(':')[0]
  await withService({ ...values, region }, async (own) => {
    const { checked, findings, objects } = await checkAll(pool, repair, own)
    console.log(conclusion(objects, checked, findings, repair))
    const left = findings.filter(({ Kind, Repaired }) => !Repaired || Kind === 'LoginDisputed')
    for (const kind of new Set(left.map(({ Kind }) => Kind)))
      if (ADVICE[kind] !== undefined) console.log(`${kind}: ${ADVICE[kind]}`)
    if (findings.some(({ Repaired }) => !Repaired)) process.exitCode = STILL_WRONG
  })
}

async function checkAll(pool: string, repair: boolean, own: Own) {
  const checked: Record<string, number> = {}
  const findings: Finding[] = []
  let objects = 1
  let NextToken: string | undefined
  do {
    const input = { IdentityPoolId: pool, Repair: repair, NextToken }
    const page = (await whenNotBusy(() => own('CheckPool', input))) as Page
    objects = page.Objects
    for (const [what, count] of Object.entries(page.Checked)) checked[what] = (checked[what] ?? 0) + count
    for (const finding of page.Findings) console.log(lineOf(finding))
    findings.push(...page.Findings)
    NextToken = page.NextToken
    if (process.stderr.isTTY)
      process.stderr.write(`\r${NextToken === undefined ? ' '.repeat(79) : countsOf(checked)}\r`)
  } while (NextToken !== undefined)
  return { objects, checked, findings }
}

function lineOf({ IdentityId, Kind, Object: object, OtherIdentityId, Provider, Repaired }: Finding): string {
  const parts = [
    Kind.padEnd(20),
    object !== undefined && `object ${object}`,
    IdentityId,
    OtherIdentityId !== undefined && `and ${OtherIdentityId}`,
    Provider,
    Repaired && 'repaired',
  ]
  return parts.filter(Boolean).join('  ')
}

function countsOf(checked: Readonly<Record<string, number>>): string {
  return Object.entries(checked)
    .map(([what, count]) => `${what.toLowerCase()}: ${count}`)
    .join(', ')
}

function conclusion(objects: number, checked: Record<string, number>, findings: readonly Finding[], repair: boolean) {
  const repaired = findings.filter(({ Repaired }) => Repaired).length
  const alone = objects === 1 ? 'The pool is in one object: there is nothing that could disagree with it. ' : ''
  const found = findings.length === 0 ? 'Nothing is wrong' : `Found: ${findings.length}, repaired: ${repaired}`
  const hint = findings.length > repaired && !repair ? ' --repair puts right what can be.' : ''
  return `${alone}${found} (${countsOf(checked)}).${hint}`
}
