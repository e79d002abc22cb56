import { expect } from 'vitest'
import { jsonCall } from '../../../tools/lib/client.ts'
import { eventually } from '../../support/eventually.ts'
import type { Bed, Tab } from './bed.ts'

/** Makes a public call by a client of this name, and gives the id of its request, when the record of it is kept. */
export async function requestIdOf(bed: Bed, userAgent: string, operation: string, input: object): Promise<string> {
  const call = jsonCall(operation, input)
  const answer = await fetch(bed.service.url, { ...call, headers: { ...call.headers, 'user-agent': userAgent } })
  const id = answer.headers.get('x-amzn-requestid') ?? ''
  await eventually(async () => expect(await keptId(bed, answer.ok ? id : 'last')).toBe(id))
  return id
}

/** A record is written after the answer. */
async function keptId({ admin }: Bed, RequestId: string): Promise<string> {
  const { Record } = await admin.own('ExplainRequest', { RequestId }).catch(() => ({ Record: {} }))
  return Record.requestID
}

/** The path that a page shows: how each step ended, and what it is called. */
export async function pathOn({ page }: Tab): Promise<string[]> {
  const steps = page.locator('ol.steps > li')
  await steps.first().waitFor()
  return Promise.all(
    (await steps.all()).map(async (step) => {
      const title = await step.locator('.step-title strong').textContent()
      return `${await step.getAttribute('class')}: ${title}`
    }),
  )
}
