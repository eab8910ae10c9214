import { z } from 'zod';
import { smsSize } from '../../../../src/domain/sms-parts.ts';
import type { Answer, Received, Vendor } from '../receiver.ts';
import type { OvhAccount, OvhSms } from './account.ts';
import { signatureOf } from './signature.ts';

/** Body parameters of `POST /sms/{serviceName}/jobs` in eu.api.ovh.com/1.0/sms.json; others are refused. */
const Job = z.strictObject({
  message: z.string().min(1),
  receivers: z.array(z.string()).optional(),
  receiversDocumentUrl: z.string().optional(),
  receiversSlotId: z.string().optional(),
  sender: z.string().optional(),
  senderForResponse: z.boolean().optional(),
  noStopClause: z.boolean().optional(),
  priority: z.enum(['high', 'low', 'medium', 'veryLow']).optional(),
  charset: z.literal('UTF-8').optional(),
  coding: z.enum(['7bit', '8bit']).optional(),
  class: z.enum(['flash', 'phoneDisplay', 'sim', 'toolkit']).optional(),
  tag: z.string().max(20).optional(),
  differedPeriod: z.int().optional(),
  validityPeriod: z.int().optional(),
});

const error = (status: number, httpCode: string, message: string, errorCode?: string): Answer => ({
  status,
  body:
    errorCode === undefined
      ? { class: `Client::${httpCode.replaceAll(' ', '')}`, message }
      : { errorCode, httpCode: `${status} ${httpCode}`, message },
});

/**
 * OVHcloud's API for SMS: keys, signature, rights, and an account with its senders, credits and messages. How far a request's time may be
 * off, and the words for want of credits and for too long a message, are not documented, and chosen here.
 */
export function ovhSms(account: OvhAccount, origin: () => string): Vendor {
  let lastId = 270_000;

  return (request) => {
    const url = new URL(request.path, origin());
    const path = url.pathname.replace(/^\/1\.0/, '');
    if (!url.pathname.startsWith('/1.0/')) return error(404, 'Not Found', 'Got an invalid (or empty) URL');
    if (path === '/auth/time') return { status: 200, body: String(now()) };
    const refusal = refuse(request, `${origin()}${request.path}`, path);
    if (refusal !== null) return refusal;
    if (path === '/sms') return { status: 200, body: [account.serviceName] };
    const own = `/sms/${account.serviceName}`;
    if (path !== own && !path.startsWith(`${own}/`)) return error(404, 'Not Found', 'This service does not exist');
    return request.method === 'POST' ? post(request) : get(path.slice(own.length), url.searchParams);
  };

  function now(): number {
    return Math.round(Date.now() / 1000) + account.aheadSeconds;
  }

  function refuse(request: Received, url: string, path: string): Answer | null {
    const { keys, token, rights } = account;
    const { headers, method } = request;
    if (headers['x-ovh-application'] !== keys.applicationKey)
      return error(403, 'Forbidden', 'This application key is invalid', 'INVALID_KEY');
    if (headers['x-ovh-consumer'] === undefined) return error(401, 'Unauthorized', 'You must login first');
    if (token === 'revoked') return error(403, 'Forbidden', 'This credential is not valid', 'INVALID_CREDENTIAL');
    if (token === 'of another application') return error(403, 'Forbidden', 'This credential does not exist', 'NOT_CREDENTIAL');
    if (Math.abs(Number(headers['x-ovh-timestamp']) - now()) > 180) return error(400, 'Bad Request', 'Query out of time', 'QUERY_TIME_OUT');
    if (headers['x-ovh-consumer'] !== keys.consumerKey || headers['x-ovh-signature'] !== signatureOf(keys, url, request))
      return error(400, 'Bad Request', 'Invalid signature', 'INVALID_SIGNATURE');
    const isGranted = rights.some((right) => new RegExp(`^${right.replaceAll('*', '.*')}$`).test(`${method} ${path}`));
    return isGranted ? null : error(403, 'Forbidden', 'This call has not been granted', 'NOT_GRANTED_CALL');
  }

  function get(path: string, query: URLSearchParams): Answer {
    const { serviceName: name, creditsLeft, status, automaticRecreditAmount, creditThresholdForAutomaticRecredit, senders } = account;
    if (path === '')
      return {
        status: 200,
        body: { name, creditsLeft, status, automaticRecreditAmount, creditThresholdForAutomaticRecredit, description: '' },
      };
    if (path === '/outgoing') {
      const tag = query.get('tag');
      return { status: 200, body: account.outgoing.filter((sms) => tag === null || sms.tag === tag).map(({ id }) => id) };
    }
    if (path === '/jobs') return { status: 200, body: account.pending.map(({ id }) => id) };
    const [, kind, id = ''] = /^\/(jobs|senders)\/([^/]+)$/.exec(path) ?? [];
    const job = kind === 'jobs' ? account.pending.find((sms) => String(sms.id) === id) : undefined;
    if (job !== undefined)
      return { status: 200, body: { id: job.id, message: job.message, receiver: job.receiver, sender: job.sender, ptt: 999 } };
    const state = kind === 'senders' ? senders[decodeURIComponent(id)] : undefined;
    if (state !== undefined) return { status: 200, body: { sender: decodeURIComponent(id), status: state, type: 'alpha', comment: '' } };
    return error(404, 'Not Found', 'The requested object does not exist');
  }

  function post({ json, headers }: Received): Answer {
    if (headers['content-type']?.startsWith('application/json') !== true) return error(400, 'Bad Request', 'Content-Type not supported');
    const parsed = Job.safeParse(json);
    if (!parsed.success) return error(400, 'Bad Request', `[${parsed.error.issues[0]?.path.join('.')}] Received not described parameters`);
    const job = parsed.data;
    if (account.status === 'disable') return error(403, 'Forbidden', 'This SMS account is disabled');
    if (job.sender === undefined && job.senderForResponse !== true) return error(400, 'Bad Request', 'Please provide a sender');
    const state = job.sender === undefined ? 'enable' : account.senders[job.sender];
    if (state === undefined) return error(403, 'Forbidden', `Sender ${job.sender} does not exist`);
    if (state !== 'enable') return error(403, 'Forbidden', `Sender ${job.sender} is pending validation`);
    if (job.senderForResponse === true && /https?:\/\/|www\.|@|\+?\d{9,}/.test(job.message))
      return error(400, 'Bad Request', 'cannot send contact information with shortcode');
    const message = job.coding === '8bit' ? job.message : asSevenBit(job.message);
    const { parts } = smsSize(message);
    if (parts > 6) return error(400, 'Bad Request', 'The message is too long');
    const receivers = (job.receivers ?? []).map((number) => ({ number, isValid: /^(\+|00)[1-9]\d{6,14}$/.test(number) }));
    const valid = receivers.filter(({ isValid }) => isValid).map(({ number }) => number.replace(/^00/, '+'));
    const credits = parts * valid.length;
    if (credits > account.creditsLeft) return error(403, 'Forbidden', 'You do not have enough credits');
    account.creditsLeft -= credits;
    const taken = valid.map((receiver): OvhSms => {
      lastId += 1;
      const { sender = '36180', tag = null, noStopClause = false } = job;
      return { id: lastId, receiver, message, sender, tag, stopClause: !noStopClause, parts };
    });
    account.pending.push(...taken);
    return {
      status: 200,
      body: {
        totalCreditsRemoved: credits,
        invalidReceivers: receivers.filter(({ isValid }) => !isValid).map(({ number }) => number),
        ids: taken.map(({ id }) => id),
        validReceivers: valid,
      },
    };
  }
}

/** What a phone would show of a text that was not fit for its alphabet. */
const asSevenBit = (text: string): string =>
  Array.from(text)
    .map((one) => (smsSize(one).coding === 'GSM-7' ? one : '?'))
    .join('');
