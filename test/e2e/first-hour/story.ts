/** What the chapters of the first hour share: one house, one browser, and the transcript that they write together. */
import type { Browser } from 'playwright-core';
import type { Ended, House, Up } from '../house.ts';
import type { Transcript } from '../transcript.ts';

export interface Story {
  readonly house: House;
  readonly browser: Browser;
  readonly transcript: Transcript;
  /** The server as it runs now; a chapter that restarts it says so here. */
  up: Up | undefined;
}

export interface Step {
  readonly name: string;
  run(story: Story): Promise<void>;
}

export interface Chapter {
  readonly title: string;
  /** For the page. */
  readonly words: string;
  readonly steps: readonly Step[];
}

/** Runs a command line and writes both it and what came back into the transcript. */
export async function shell({ house, transcript }: Story, command: string): Promise<Ended> {
  const ended = await house.shell(command);
  transcript.console(`$ ${command}\n${ended.out}${ended.err}${ended.code === 0 ? '' : `\n(exit code ${ended.code})`}`);
  return ended;
}

export async function startAgain(story: Story): Promise<Up> {
  story.up = await story.house.up();
  return story.up;
}

export function running(story: Story): Up {
  if (story.up === undefined) throw new Error('The server should run by now.');
  return story.up;
}
