import { Component, type ReactNode } from 'react';
import ui from './ui.module.css';

interface State {
  readonly error: unknown;
  readonly failed: boolean;
}

/** A fault in one page leaves the navigation standing, and says so instead of showing nothing. React asks for a class here. */
export class Fence extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { error: undefined, failed: false };

  static getDerivedStateFromError(error: unknown): State {
    return { error, failed: true };
  }

  override render(): ReactNode {
    const { error, failed } = this.state;
    if (!failed) return this.props.children;
    return (
      <header className={ui['head']} role="alert">
        <div>
          <h1>This page broke</h1>
          <p>
            Porchlight itself goes on watching. Please report this:{' '}
            {error instanceof Error ? error.message : String(error)}
          </p>
        </div>
        <button className={`${ui['button']} ${ui['lamp']}`} type="button" onClick={() => location.reload()}>
          Load the page again
        </button>
      </header>
    );
  }
}
