import { useQuery } from "@tanstack/react-query";

import { memberOf } from "../../api/members";
import { Loaded } from "../../parts/Loaded";
import { Standing } from "../members/Standing";

/** Staff of a member: how it stands. */
export function MemberHome({ id }: { id: string }) {
  const query = useQuery(memberOf(id));
  return <Loaded query={query}>{(member) => <Standing member={member} />}</Loaded>;
}
