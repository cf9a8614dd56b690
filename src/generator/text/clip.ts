/** A user's own CLIP text model (an ONNX file) as a source of conditions, in place of the encoder that is trained along. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { GeneratorError } from '../errors.js';
import { OrtClient, type StartOptions } from '../runtime/ort-client.js';
import type { HostTensor, SessionInfo, ValueInfo } from '../runtime/protocol.js';
import { ClipTokenizer, type ClipTokens } from './clip-tokenizer.js';

/** Files of a CLIP text model. */
export interface ClipFiles {
  /** Path of the ONNX model of the text half. */
  model: string;
  /** Path of `vocab.json`. */
  vocabulary: string;
  /** Path of `merges.txt`. */
  merges: string;
}

/** Where the files of a downloaded model may lie in its folder. */
const PLACES: Record<keyof ClipFiles, readonly string[]> = {
  model: ['text_model.onnx', 'onnx/text_model.onnx', 'text_encoder/model.onnx', 'model.onnx'],
  vocabulary: ['vocab.json', 'tokenizer/vocab.json'],
  merges: ['merges.txt', 'tokenizer/merges.txt'],
};
/** Outputs with one vector a text, the projected one first, which is what MDM was trained with. */
const VECTORS = ['text_embeds', 'pooler_output', 'sentence_embedding'];
/** Output with one vector a token: that of the first end token stands for the text. */
const STATES = 'last_hidden_state';
/** Context of CLIP's own models [tokens]. */
const CONTEXT = 77;
const SESSION = 'clip-text';
/** Texts in one run if the model takes any number. */
const BATCH = 32;

const exists = (path: string) =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

async function findFiles(folder: string): Promise<ClipFiles> {
  const find = async (part: keyof ClipFiles): Promise<string> => {
    for (const place of PLACES[part]) if (await exists(join(folder, place))) return join(folder, place);
    throw new GeneratorError(
      'ERR_ARGUMENT',
      `Expected ${PLACES[part].join(' or ')} for the CLIP model in ${folder} but received neither`,
    );
  };
  return { model: await find('model'), vocabulary: await find('vocabulary'), merges: await find('merges') };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new GeneratorError(
      'ERR_ARGUMENT',
      `Expected a file for the CLIP model but received ${code}: ${path}`,
      {
        cause,
      },
    );
  }
}

/** What a model takes and gives. */
interface Signature {
  ids: ValueInfo;
  mask?: ValueInfo;
  output: ValueInfo;
  /** Texts in one run; undefined: any number. */
  batch?: number;
  /** Tokens of a text. */
  length: number;
}

const list = (values: readonly ValueInfo[]) =>
  values.map(({ name, dtype, shape }) => `${name} ${dtype} [${shape}]`).join(', ');

/** Finds the inputs and outputs of a CLIP text model by their names. */
function signatureOf({ inputs, outputs }: SessionInfo, path: string): Signature {
  const refuse = (what: string, received: readonly ValueInfo[]) =>
    new GeneratorError('ERR_ARGUMENT', `Expected ${what} for ${path} but received ${list(received)}`);
  const ids = inputs.find(({ name }) => name === 'input_ids');
  const mask = inputs.find(({ name }) => name === 'attention_mask');
  const whole = (value?: ValueInfo) => !value || value.dtype === 'int64' || value.dtype === 'int32';
  if (ids?.shape.length !== 2 || inputs.some((input) => input !== ids && input !== mask))
    throw refuse(
      'a CLIP text model with input_ids [texts, tokens], optionally attention_mask, and no other input',
      inputs,
    );
  if (!whole(ids) || !whole(mask)) throw refuse('int64 or int32 inputs', inputs);
  const named = [...VECTORS, STATES].map((name) => outputs.find((output) => output.name === name));
  const output = named.find((found) => found !== undefined);
  if (output?.dtype !== 'float32' || output.shape.length !== (output.name === STATES ? 3 : 2))
    throw refuse(
      `a float32 output ${VECTORS.join(' or ')} [texts, size], or ${STATES} [texts, tokens, size],`,
      outputs,
    );
  const [batch, length] = ids.shape;
  return {
    ids,
    mask,
    output,
    batch: typeof batch === 'number' ? batch : undefined,
    length: typeof length === 'number' ? length : CONTEXT,
  };
}

function tokenTensor({ dtype }: ValueInfo, rows: readonly Int32Array[]): HostTensor {
  const shape = [rows.length, rows[0].length];
  const numbers = rows.flatMap((row) => [...row]);
  return dtype === 'int32'
    ? { dtype, shape, data: Int32Array.from(numbers) }
    : { dtype: 'int64', shape, data: BigInt64Array.from(numbers, BigInt) };
}

/** A CLIP text model in a thread of its own. */
export class ClipText {
  private constructor(
    readonly tokenizer: ClipTokenizer,
    private readonly client: OrtClient,
    private readonly signature: Signature,
  ) {}

  /** Numbers of a text's vector: `size` of a model conditioned on `{ kind: 'embedding', size }`. */
  size = 0;

  /**
   * Opens a model and tries it. Close it after use.
   * @param source a folder as CLIP models are published in, or the paths of the three files
   * @throws GeneratorError ERR_ARGUMENT for missing or wrong files, ERR_RUNTIME for a model that does not run,
   *   ERR_RUNTIME_MISSING, ERR_CUDA
   */
  static async open(source: string | ClipFiles, options: StartOptions = {}): Promise<ClipText> {
    const files = typeof source === 'string' ? await findFiles(source) : source;
    const [vocabulary, merges] = [await readText(files.vocabulary), await readText(files.merges)];
    const tokenizer = new ClipTokenizer(vocabulary, merges);
    if (!(await exists(files.model))) await readText(files.model);
    const client = await OrtClient.start(options);
    try {
      const signature = signatureOf(await client.open(SESSION, () => files.model), files.model);
      const clip = new ClipText(tokenizer, client, signature);
      // A start and an end token, the highest numbers there are: a vocabulary of another model shows here.
      clip.size = (await clip.encode([''])).length;
      return clip;
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  /**
   * Vectors of texts [texts, size], as the model gives them: not normalised. What is beyond the context of the model (77
   * tokens) is cut off; `tokenizer.encode(text).dropped` tells.
   * @throws GeneratorError ERR_RUNTIME, ERR_CLOSED; the signal's reason
   */
  async encode(texts: readonly string[], { signal }: { signal?: AbortSignal } = {}): Promise<Float32Array> {
    const { batch = Math.min(BATCH, texts.length), length } = this.signature;
    const parts: Float32Array[] = [];
    for (let first = 0; first < texts.length; first += batch) {
      const encoded = texts.slice(first, first + batch).map((text) => this.tokenizer.encode(text, length));
      const count = encoded.length;
      while (encoded.length < batch) encoded.push(encoded[0]); // the number of texts is fixed in the model
      parts.push(...(await this.run(encoded, signal)).slice(0, count));
    }
    const size = parts[0]?.length ?? 0;
    const out = new Float32Array(texts.length * size);
    parts.forEach((part, i) => out.set(part, i * size));
    return out;
  }

  /** One vector for each text of one run. */
  private async run(encoded: readonly ClipTokens[], signal?: AbortSignal): Promise<Float32Array[]> {
    const { ids, mask, output } = this.signature;
    const feeds: Record<string, HostTensor> = {
      [ids.name]: tokenTensor(
        ids,
        encoded.map(({ tokens }) => tokens),
      ),
    };
    if (mask)
      feeds[mask.name] = tokenTensor(
        mask,
        encoded.map(({ tokens, count }) => tokens.map((_, i) => (i < count ? 1 : 0))),
      );
    const request = { session: SESSION, feeds, keep: {}, fetch: [output.name] };
    const { shape, data } = (await this.client.run(request, { transfer: true, signal }))[output.name];
    const size = shape.at(-1)!;
    const rows = data as Float32Array;
    return encoded.map(({ count }, i) => {
      const row = output.name === STATES ? i * shape[1] + count - 1 : i;
      return rows.subarray(row * size, (row + 1) * size);
    });
  }

  /** Ends the thread; later calls are refused. */
  close(): Promise<void> {
    return this.client.close();
  }
}
