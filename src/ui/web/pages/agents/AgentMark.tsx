import { Check, CircleDashed, CirclePause, CircleSlash, MoonStar, TriangleAlert } from 'lucide-react';
import { type AgentStanding, wantsHand } from '#ui/model';
import { Icon } from '../../parts/Icon.tsx';
import css from './Agents.module.css';

/** Told apart without colour. Colour is for those that want a hand. */
const SHAPES: Record<AgentStanding, typeof Check> = {
  silent: TriangleAlert,
  stuck: CirclePause,
  live: Check,
  asleep: MoonStar,
  invited: CircleDashed,
  revoked: CircleSlash,
};

export function AgentMark({ stand }: { readonly stand: AgentStanding }) {
  return (
    <span className={`${css['mark']} ${wantsHand(stand) ? css['hand'] : ''}`}>
      <Icon of={SHAPES[stand]} small />
      {stand}
    </span>
  );
}
