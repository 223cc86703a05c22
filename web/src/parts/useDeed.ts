import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App } from "antd";

interface Deed<I, O> {
  act: (input: I) => Promise<O>;
  done?: string | ((output: O) => string); // said when it has succeeded
  refreshes?: readonly (readonly unknown[])[]; // keys of queries that it changes
  then?: (output: O, input: I) => unknown;
}

/** An act on the node: nothing is shown as done before the node says so. Its fault is kept in `error`. */
export function useDeed<I, O>({ act, done, refreshes = [], then }: Deed<I, O>) {
  const { message } = App.useApp();
  const client = useQueryClient();
  return useMutation<O, Error, I>({
    mutationFn: act,
    onSuccess: async (output, input) => {
      if (done !== undefined) void message.success(typeof done === "string" ? done : done(output));
      await Promise.all(refreshes.map((queryKey) => client.invalidateQueries({ queryKey })));
      then?.(output, input);
    },
  });
}
