/** Bodies as mail programs send them when somebody answers, cut to what matters: the shapes of their quotes are theirs. */
export interface ReplyBody {
  readonly program: string;
  readonly lines: readonly string[];
  /** Of an HTML-only mail. */
  readonly isHtml?: boolean;
  readonly ask: unknown;
}

const ack = { do: 'acknowledge' };
const resolve = { do: 'resolve' };
const comment = (text: string) => ({ do: 'comment', text });

export const replies: readonly ReplyBody[] = [
  {
    program: 'Gmail, en',
    lines: ['ack', '', 'On Sat, Nov 28, 2026 at 10:02 AM IMAS <', 'imas@example.com> wrote:', '', '> New incident: Redis is down', '>'],
    ask: ack,
  },
  {
    program: 'Gmail, fr, wrapped in the middle of its words',
    lines: ['Résolu.', '', 'Le sam. 28 nov. 2026 à 10:02, IMAS <imas@example.com> a', 'écrit\u00A0:', '', '> Nouvel incident'],
    ask: resolve,
  },
  {
    program: 'Gmail, a comment of two paragraphs',
    lines: ['Failing over now.', '', 'Back in ten minutes.', '', 'On Sat, Nov 28, 2026 at 10:02 IMAS <imas@example.com> wrote:', '> x'],
    ask: comment('Failing over now.\n\nBack in ten minutes.'),
  },
  {
    program: 'Apple Mail, en',
    lines: ['Acknowledged!', '', '> On 28 Nov 2026, at 10:02, IMAS <imas@example.com> wrote:', '> ', '> New incident'],
    ask: ack,
  },
  {
    program: 'Apple Mail on a phone, fr',
    lines: ['Pris', '', 'Envoyé de mon iPhone', '', '> Le 28 nov. 2026 à 10:02, IMAS <imas@example.com> a écrit :', '> ', '> Nouvel'],
    ask: ack,
  },
  {
    program: 'Apple Mail on a phone, a comment',
    lines: ['Looking at it', '', 'Sent from my iPhone', '', '> On 28 Nov 2026, at 10:02, IMAS <i@example.com> wrote:', '> x'],
    ask: comment('Looking at it'),
  },
  {
    program: 'Thunderbird, answered below the quote',
    lines: ['On 28/11/2026 10:02, IMAS wrote:', '> New incident', '> ack', '', '/resolve', '', '-- ', 'Ann Arden', 'resolve'],
    ask: resolve,
  },
  {
    program: 'Thunderbird, fr, between the quoted lines',
    lines: ['Le 28/11/2026 à 10:02, IMAS a écrit :', '> Redis is down', 'Lequel ?', '> Level 1', 'Vu.', '--', 'Ann'],
    ask: comment('Lequel ?\nVu.'),
  },
  {
    program: 'Outlook for Windows, en',
    lines: [
      'Resolve',
      '',
      '________________________________',
      'From: IMAS <imas@example.com>',
      'Sent: Saturday, November 28, 2026 10:02 AM',
      'To: Ann',
      'Subject: x',
      '',
      'New incident',
    ],
    ask: resolve,
  },
  {
    program: 'Outlook for Windows, fr, without a rule',
    lines: [
      'Je regarde.',
      '',
      'De : IMAS <imas@example.com> ',
      'Envoyé : samedi 28 novembre 2026 10:02',
      'À : Ann <ann@example.com>',
      'Objet : x',
      '',
      'ack',
    ],
    ask: comment('Je regarde.'),
  },
  {
    program: 'Outlook for Mac',
    lines: ['Acquitté', '', '*From: *IMAS <imas@example.com>', '*Date: *Saturday, 28 November 2026', '*To: *Ann', '*Subject: *x'],
    ask: ack,
  },
  {
    program: 'Outlook on a phone',
    lines: [
      'Working on it',
      '',
      'Get Outlook for iOS<https://aka.ms/o0ukef>',
      '________________________________',
      'From: IMAS <i@example.com>',
      'Sent: Saturday',
      'To: Ann',
    ],
    ask: comment('Working on it'),
  },
  {
    program: 'Outlook of long ago',
    lines: ['ack', '-----Original Message-----', 'From: IMAS', 'New incident'],
    ask: ack,
  },
  {
    program: 'Outlook of long ago, fr',
    lines: ['résoudre', '', "-----Message d'origine-----", 'De : IMAS', 'Nouvel incident'],
    ask: resolve,
  },
  {
    program: 'Gmail, HTML alone',
    isHtml: true,
    lines: [
      '<div dir="ltr">ack<br></div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">On Sat wrote:<br></div><blockquote>resolve</blockquote></div>',
    ],
    ask: ack,
  },
  {
    program: 'Outlook on the web, HTML alone, fr',
    isHtml: true,
    lines: [
      '<html><head><style>p {color:red}</style></head><body><div>R&eacute;solu&nbsp;!</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>De&nbsp;:</b> IMAS</div></body></html>',
    ],
    ask: resolve,
  },
  {
    program: 'Apple Mail, HTML alone',
    isHtml: true,
    lines: [
      '<html><body>It is the<br>disk &lt;b&gt;<div><blockquote type="cite"><div>On 28 Nov wrote:</div><blockquote>x</blockquote>ack</blockquote></div></body></html>',
    ],
    ask: comment('It is the\ndisk <b>'),
  },
  { program: 'nothing but a quote', lines: ['', '> ack', ''], ask: null },
  { program: 'nothing but a signature', lines: ['', '-- ', 'ack'], ask: null },
  { program: 'nothing at all', lines: ['', ' ', ''], ask: null },
  { program: 'a command with more on its line', lines: ['ack, but Bob should look'], ask: comment('ack, but Bob should look') },
  { program: 'a command further down', lines: ['Thanks', 'resolve'], ask: comment('Thanks\nresolve') },
  { program: 'a question', lines: ['Resolved?'], ask: comment('Resolved?') },
  { program: 'a command with more below', lines: ['', 'ACKNOWLEDGE.', '', 'On my way'], ask: ack },
  {
    program: 'a sentence that begins as an attribution does',
    lines: ['On Monday 3 of us look at it', 'again'],
    ask: comment('On Monday 3 of us look at it\nagain'),
  },
  {
    program: 'a sentence that begins as a header does',
    lines: ['From: what I see it is the disk'],
    ask: comment('From: what I see it is the disk'),
  },
];
