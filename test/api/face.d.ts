export interface Exported {
  readonly name: string;
  /** It can't be used as a value. */
  readonly isType: boolean;
  readonly from: string;
  readonly kind: string;
  readonly comment: string;
  readonly declaration: string;
}
export function exported(entry: string): Exported[];
export function page(): Promise<string>;
