import { Button, Combobox, Textarea, useCombobox } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { users } from '../../api/choices.ts';
import { Person } from '../../parts/person.tsx';
import classes from './timeline.module.css';

interface CommentBoxProps {
  readonly isPending: boolean;
  readonly onComment: (text: string, onDone: () => void) => void;
}

const mentionBeingTyped = /(?:^|\s)@([\w.-]*)$/;

/** Writes a comment; `@` offers people. Ctrl+Enter sends. The text stays until it has arrived. */
export function CommentBox({ isPending, onComment }: CommentBoxProps): ReactNode {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [caret, setCaret] = useState(0);
  const area = useRef<HTMLTextAreaElement>(null);
  const combobox = useCombobox();
  const { data: people = [] } = useQuery(users);

  const typed = mentionBeingTyped.exec(text.slice(0, caret))?.[1]?.toLowerCase() ?? null;
  const offered =
    typed === null
      ? []
      : people.filter((user) => user.username.toLowerCase().startsWith(typed) || user.label.toLowerCase().includes(typed)).slice(0, 6);

  const follow = (value: string, at: number): void => {
    setText(value);
    setCaret(at);
    if (mentionBeingTyped.test(value.slice(0, at))) {
      combobox.openDropdown();
      combobox.selectFirstOption();
    } else combobox.closeDropdown();
  };
  const mention = (username: string): void => {
    const before = text.slice(0, caret).replace(/@[\w.-]*$/, `@${username} `);
    setText(before + text.slice(caret));
    setCaret(before.length);
    combobox.closeDropdown();
    area.current?.focus();
  };
  const send = (): void => {
    const trimmed = text.trim();
    if (trimmed !== '' && !isPending) onComment(trimmed, () => setText(''));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      send();
    }
  };
  return (
    <div className={classes['write']}>
      <Combobox store={combobox} onOptionSubmit={mention} position="bottom-start" withinPortal>
        <Combobox.EventsTarget>
          <Textarea
            ref={area}
            className={classes['area'] ?? ''}
            autosize
            minRows={1}
            maxRows={8}
            size="sm"
            placeholder={t('timeline.write')}
            aria-label={t('timeline.write')}
            value={text}
            onChange={(event) => follow(event.currentTarget.value, event.currentTarget.selectionStart)}
            onBlur={() => combobox.closeDropdown()}
            onKeyDown={onKeyDown}
          />
        </Combobox.EventsTarget>
        <Combobox.DropdownTarget>
          <span className={classes['anchor']} />
        </Combobox.DropdownTarget>
        <Combobox.Dropdown hidden={offered.length === 0} miw={220}>
          <Combobox.Options>
            {offered.map((user) => (
              <Combobox.Option key={user.value} value={user.username}>
                <Person name={user.label} /> <span className="dim">@{user.username}</span>
              </Combobox.Option>
            ))}
          </Combobox.Options>
        </Combobox.Dropdown>
      </Combobox>
      <Button size="sm" variant="default" loading={isPending} disabled={text.trim() === ''} onClick={send}>
        {t('timeline.send')}
      </Button>
    </div>
  );
}
