import { slotsOfCheckStep } from './check-steps.ts'
import { isEraseStep } from './erase-step.ts'
import { slotsOfEraseStep } from './erase-steps.ts'
import type { Slots } from './map.ts'
import type { Whereabouts } from './part.ts'
import { knowSlot, slotOfIdentity, slotOfLogin } from './slots.ts'
import type { ResolveStep, Step } from './step.ts'

/**
 * Whether an object may take a step: all slots that the step reads or writes must be here. While one is being handed over,
 * even a read has to wait: the target may have changed what is read.
 */
export function admission(step: Step, where: (slots: Slots) => Whereabouts): Whereabouts {
  const found = ('slots' in step ? [step.slots] : slotsOfStep(step).map(alone)).map(where)
  if (found.includes('elsewhere')) return 'elsewhere'
  return found.includes('sealed') ? 'sealed' : 'here'
}

function alone(slot: number): Slots {
  return [slot, slot]
}

/** The slots that a step reads or writes. */
function slotsOfStep(step: Step): number[] {
  if ('slots' in step) return [...step.slots]
  switch (step.step) {
    case 'resolve':
      return [
        step.identity === undefined ? slotOfFirst(step) : slotOfIdentity(step.identity),
        ...(step.once?.proofs ?? []).flatMap(({ login }) => (login ? slotOfLogin(login) : [])),
      ]
    case 'guest':
      return [slotOfIdentity(step.fresh)]
    case 'look':
      return [...step.identities.map(slotOfIdentity), ...step.logins.map(({ login }) => slotOfLogin(login))]
    case 'proofs':
    case 'drop':
    case 'repoint':
      return [slotOfLogin(step.login)]
    case 'attach':
      return [slotOfIdentity(step.identity), ...(step.unreserved ? [slotOfLogin(step.login)] : [])]
    case 'detach':
    case 'restrict':
      return [slotOfIdentity(step.identity)]
    case 'freeze':
    case 'finish':
      return [slotOfIdentity(step.loser)]
    case 'absorb':
    case 'decide':
    case 'forget':
      return [slotOfIdentity(step.survivor)]
    case 'statistics':
      return [step.slot]
    case 'erase':
      return step.identities.map(slotOfIdentity)
    default:
      return isEraseStep(step) ? slotsOfEraseStep(step) : slotsOfCheckStep(step)
  }
}

/** The slot whose object takes a step. */
export function slotOfStep(step: Step): number {
  return slotsOfStep(step)[0] ?? 0
}

function slotOfFirst({ fresh, logins: [first], slot }: ResolveStep): number {
  if (first && slot !== undefined) knowSlot(first, slot)
  return first ? slotOfLogin(first) : slotOfIdentity(fresh)
}
