import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

/** Calls that are awaited at a time, so that a long list does not ask for everything at once. */
const AT_A_TIME = 4

const waiting: (() => void)[] = []
let running = 0

/** Makes a call when few others are under way. */
export async function inTurn<T>(call: () => Promise<T>): Promise<T> {
  if (running >= AT_A_TIME) await new Promise<void>((resolve) => waiting.push(resolve))
  running++
  try {
    return await call()
  } finally {
    running--
    waiting.shift()?.()
  }
}

/** Something that asks the service for itself: it is made when it comes into sight. */
export function WhenSeen({ children }: { children: () => ComponentChildren }) {
  const seen = useSignal(false)
  const element = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    const watch = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) seen.value = true
    })
    if (element.current) watch.observe(element.current)
    return () => watch.disconnect()
  }, [seen])
  return (
    <span ref={element} class="when-seen">
      {seen.value ? children() : '…'}
    </span>
  )
}
