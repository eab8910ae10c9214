import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { trimEndOf } from '../../../../src/domain/trim-end.ts';
import { users } from '../../api/choices.ts';
import { Markdown } from '../../parts/markdown.tsx';
import classes from './timeline.module.css';

const mentions = /(@[\w.-]+)/g;

/** A comment, with mentions made visible. A line that ends is a line that ends. */
export const CommentText = ({ text }: { readonly text: string }): ReactNode => (
  <div className={classes['comment']}>
    <Markdown text={text.replaceAll(/(?<=\S)\n(?=\S)/g, '  \n')} renderText={(part) => <Mentions text={part} />} />
  </div>
);

function Mentions({ text }: { readonly text: string }): ReactNode {
  const { data: people } = useQuery(users);
  return text.split(mentions).map((part, index) => {
    const username = part.startsWith('@') ? trimEndOf(part.slice(1), '.-').toLowerCase() : null;
    const name = username === null ? undefined : people?.find((user) => user.username.toLowerCase() === username)?.label;
    if (name === undefined) return part;
    return (
      <span key={index} className={classes['mention']} title={name}>
        {part}
      </span>
    );
  });
}
