import { Component, type ReactNode } from 'react';
import { Failure } from './failure.tsx';

interface CrashGuardProps {
  /** Another page: what crashed before is forgotten. */
  readonly resetKey: string;
  readonly children: ReactNode;
}

interface CrashGuardState {
  readonly error: unknown;
  readonly resetKey: string;
}

/** A page that breaks leaves the frame standing: the way to the other pages is still there. */
export class CrashGuard extends Component<CrashGuardProps, CrashGuardState> {
  override state: CrashGuardState = { error: null, resetKey: this.props.resetKey };

  static getDerivedStateFromError(error: unknown): Partial<CrashGuardState> {
    return { error };
  }

  static getDerivedStateFromProps(props: CrashGuardProps, state: CrashGuardState): Partial<CrashGuardState> | null {
    return props.resetKey === state.resetKey ? null : { error: null, resetKey: props.resetKey };
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    return <Failure error={this.state.error} onAgain={() => window.location.reload()} />;
  }
}
