import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs'
import type { Given } from '../../package/server/options.mjs'
import { BadOption, fail } from '../lib/bootstrap.mjs'
import { fromCallersFolder } from '../lib/callers-folder.ts'
import { type Own, whenNotBusy } from '../lib/operator.ts'

interface Erasure {
  Outcome: 'Erased' | 'AlreadyErased' | 'AlreadyGone' | 'WouldErase'
  IdentityIds?: string[]
  Identities?: number
  Logins?: { Provider: string; Developer: boolean; SubjectSha256: string; Subject?: string }[]
  Receipt?: string
  ReceiptId?: string
}

const SENTENCES: Readonly<Record<Erasure['Outcome'], string>> = {
  Erased: 'The user is erased.',
  AlreadyErased: 'The user was erased before. This is the receipt of then.',
  AlreadyGone: 'Nobody is there, and the journal knows of no erasure in the last 35 days.',
  WouldErase: 'This would be erased. Nothing was changed.',
}

/** The exit code where there is nobody and no receipt. */
const NOT_FOUND = 3

/** What an erasure is asked with, from the options of the command. A file for the receipt that cannot be is told before anybody is erased. */
export function erasureInput(values: Given['values']): object {
  const { developer, identity, provider, reason, receipt, subject, 'dry-run': isDry } = values
  if (identity === undefined ? provider === undefined || subject === undefined : (provider ?? subject ?? developer))
    throw new BadOption('Name the user: --identity alone, or --provider and --subject')
  if (receipt !== undefined) assertWritable(receipt)
  return {
    IdentityId: identity,
    Provider: provider,
    Subject: subject,
    Developer: developer,
    Reason: reason,
    DryRun: isDry,
  }
}

/** Erases a user, and shows what is gone and the receipt, or writes it to a file. */
export async function erase(input: object, { json, receipt }: Given['values'], own: Own): Promise<void> {
  const erasure = (await whenNotBusy(() => own('EraseUser', input))) as Erasure
  const { Outcome, Receipt } = erasure
  if (Outcome === 'AlreadyGone') process.exitCode = NOT_FOUND
  if (receipt !== undefined && Receipt !== undefined) save(receipt, Receipt)
  console.log(json ? JSON.stringify(erasure, null, 2) : linesOf(erasure, receipt).join('\n'))
}

function linesOf(
  { IdentityIds = [], Identities = 0, Logins = [], Outcome, Receipt, ReceiptId }: Erasure,
  file?: string,
) {
  const more = Identities - IdentityIds.length
  return [
    SENTENCES[Outcome],
    ...IdentityIds.map((id) => `Identity        ${id}`),
    ...(more > 0 ? [`                and ${more} more`] : []),
    ...Logins.map(
      ({ Developer, Provider, Subject, SubjectSha256 }) =>
        `Login           ${Provider}${Developer ? ' (backend)' : ''}=${Subject ?? `sha256:${SubjectSha256}`}`,
    ),
    ...(ReceiptId === undefined ? [] : [`Receipt         ${ReceiptId}`]),
    ...(Receipt === undefined ? [] : [file === undefined ? Receipt : `                in ${file}`]),
  ]
}

/** What is in the way would else show only when the user is gone already. Another receipt may be the only proof of what it tells. */
function assertWritable(file: string): void {
  const path = fromCallersFolder(file)
  try {
    closeSync(openSync(path, 'wx', 0o600))
    rmSync(path)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new BadOption(
      code === 'EEXIST'
        ? `${file} is there already, and a receipt is never written over a file: name another`
        : `The receipt could not be written: ${message}`,
    )
  }
}

function save(file: string, text: string): void {
  try {
    writeFileSync(fromCallersFolder(file), `${text}\n`, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    console.log(text)
    fail(`The receipt cannot be written, and is shown here: ${(error as Error).message}`, 1)
  }
}
