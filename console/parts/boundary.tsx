import { Component, type ComponentChildren } from 'preact'
import { Failure } from './failure.tsx'

/** Keeps a fault in one part of the page from taking the rest along, such as an answer that lacks what it should have. */
export class Boundary extends Component<{ children: ComponentChildren }, { fault?: unknown }> {
  static override getDerivedStateFromError(fault: unknown) {
    return { fault }
  }

  override render() {
    const { children } = this.props
    const { fault } = this.state
    if (fault === undefined) return children
    return (
      <>
        <h1>This page cannot be shown</h1>
        <Failure error={fault} again={() => this.setState({ fault: undefined })} />
        <p>The answer of the service is not what the console expects. The calls below have it.</p>
      </>
    )
  }
}
