import { useQuery } from '@tanstack/react-query';
import { Fragment, type ReactNode } from 'react';
import { trimEndOf } from '../../../../src/domain/trim-end.ts';
import { users } from '../../api/choices.ts';
import { OutLink, webUrl } from '../../parts/alert-parts.tsx';
import classes from './timeline.module.css';

/** Mentions and addresses; a full stop after one ends the sentence, not the address. */
const parts = /(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]}'’]|@[\w.-]+)/g;

/** A comment as written, with its mentions and links made visible. */
export function CommentText({ text }: { readonly text: string }): ReactNode {
  const { data: people } = useQuery(users);
  const nameOf = (username: string): string | null =>
    people?.find((user) => user.username.toLowerCase() === username.toLowerCase())?.label ?? null;
  return (
    <p className={classes['comment']}>
      {text.split(parts).map((part, index) => {
        const name = part.startsWith('@') ? nameOf(trimEndOf(part.slice(1), '.-')) : null;
        if (name !== null) {
          return (
            <span key={index} className={classes['mention']} title={name}>
              {part}
            </span>
          );
        }
        const href = part.startsWith('http') ? webUrl(part) : null;
        return href === null ? (
          <Fragment key={index}>{part}</Fragment>
        ) : (
          <OutLink key={index} href={href}>
            {part}
          </OutLink>
        );
      })}
    </p>
  );
}
