import { useQuery } from '@tanstack/react-query';
import Markdown, { RuleType } from 'markdown-to-jsx';
import type { ReactNode } from 'react';
import { trimEndOf } from '../../../../src/domain/trim-end.ts';
import { users } from '../../api/choices.ts';
import { OutLink, webUrl } from '../../parts/alert-parts.tsx';
import classes from './timeline.module.css';

const mentions = /(@[\w.-]+)/g;

/** A comment: Markdown without any HTML, with mentions made visible. A line that ends is a line that ends. */
export function CommentText({ text }: { readonly text: string }): ReactNode {
  return (
    <div className={classes['comment']}>
      <Markdown
        options={{
          disableParsingRawHTML: true,
          wrapper: 'div',
          forceWrapper: true,
          forceBlock: true,
          renderRule: (next, node) => (node.type === RuleType.text ? <Mentions text={node.text} /> : next()),
          overrides: { a: CommentLink, img: ImageLink },
        }}
      >
        {text.replaceAll(/(?<=\S)\n(?=\S)/g, '  \n')}
      </Markdown>
    </div>
  );
}

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

function CommentLink({ href, children }: { readonly href?: string; readonly children?: ReactNode }): ReactNode {
  const url = webUrl(href);
  return url === null ? children : <OutLink href={url}>{children}</OutLink>;
}

/** An image would be fetched from elsewhere by everybody who reads. */
function ImageLink({ src, alt }: { readonly src?: string; readonly alt?: string }): ReactNode {
  const url = webUrl(src);
  return url === null ? alt : <OutLink href={url}>{alt || url}</OutLink>;
}
