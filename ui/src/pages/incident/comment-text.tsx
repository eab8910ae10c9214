import { useQuery } from '@tanstack/react-query';
import { Fragment, lazy, Suspense, type ReactNode } from 'react';
import { trimEndOf } from '../../../../src/domain/trim-end.ts';
import { users } from '../../api/choices.ts';
import { OutLink, webUrl } from '../../parts/alert-parts.tsx';
import classes from './timeline.module.css';

/** Larger than the rest of the page's own script, and most comments have no marks. */
const Markdown = lazy(() => import('../../parts/markdown.tsx').then((loaded) => ({ default: loaded.Markdown })));

const marks = /[*_`#>~|[\]\\]|^ {0,3}(?:[-+]|\d{1,9}[.)]) /m;
const addresses = /https?:\/\/\S+/g;
const withoutAddresses = (text: string): string => text.replaceAll(addresses, '');

/** A comment in Markdown, with mentions made visible. A line that ends is a line that ends. */
export function CommentText({ text }: { readonly text: string }): ReactNode {
  const plain = <Plain text={text} />;
  return (
    <div className={classes['comment']}>
      {marks.test(withoutAddresses(text)) ? (
        <Suspense fallback={plain}>
          <Markdown text={text.replaceAll(/(?<=\S)\n(?=\S)/g, '  \n')} renderText={(part) => <Mentions text={part} />} />
        </Suspense>
      ) : (
        plain
      )}
    </div>
  );
}

/** A full stop after an address ends the sentence, not the address. */
const addressIn = /(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]}'’])/g;

function Plain({ text }: { readonly text: string }): ReactNode {
  return (
    <p className={classes['plain']}>
      {text.split(addressIn).map((part, index) => {
        const href = part.startsWith('http') ? webUrl(part) : null;
        return <Fragment key={index}>{href === null ? <Mentions text={part} /> : <OutLink href={href}>{part}</OutLink>}</Fragment>;
      })}
    </p>
  );
}

const mentions = /(@[\w.-]+)/g;

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
