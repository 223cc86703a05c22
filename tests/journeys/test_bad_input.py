"""Where each kind of bad input that the members, accounts, permissions and secrets must withstand is tried."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent
SESSIONS = "members/test_sessions.py"
WRONG = "journeys/test_wrong_way.py"
REFUSED = "members/test_tokens_refused.py"
COVERED = {
    "expired token": [f"{REFUSED}::test_bad_tokens_are_refused_and_recorded",
                      "members/test_tokens.py::test_a_token_ends_after_ten_minutes"],
    "expired assertion": [f"{REFUSED}::test_bad_assertions_are_refused_and_recorded"],
    "replayed assertion": [f"{REFUSED}::test_a_replayed_assertion_is_refused",
                           "members/test_tokens.py::test_of_two_uses_at_once_one_wins"],
    "wrong audience": [f"{REFUSED}::test_bad_assertions_are_refused_and_recorded",
                       "members/test_tokens_authlib.py::test_the_token_of_another_platform_is_refused"],
    "wrong algorithm": [f"{REFUSED}::test_bad_assertions_are_refused_and_recorded"],
    "unsigned token": [f"{REFUSED}::test_bad_tokens_are_refused_and_recorded",
                       f"{REFUSED}::test_bad_assertions_are_refused_and_recorded"],
    "token for another purpose": [f"{REFUSED}::test_a_token_of_our_key_for_another_purpose_is_refused"],
    "tokens of an organisation's sign-on": ["members/test_sign_on.py::test_bad_tokens_open_nothing_and_are_recorded"],
    "clock skew": ["members/test_tokens.py::test_clocks_may_differ_by_a_minute",
                   "members/test_accounts_sign_in.py::test_a_code_counts_a_step_early_and_late_and_never_backwards"],
    "revoked key": ["members/test_tokens.py::test_a_revoked_key_ends_its_tokens_everywhere",
                    f"{WRONG}::test_a_revoked_key_and_a_closed_account",
                    "journeys/test_joining.py::test_from_the_application_to_the_certificate"],
    "suspended member, live token": ["members/test_tokens.py::test_a_suspended_member_ends_its_live_tokens_everywhere",
                                     f"{WRONG}::test_a_suspended_member_with_live_sessions_and_live_tokens",
                                     "journeys/test_joining.py::test_from_the_application_to_the_certificate"],
    "suspended member, live session": [f"{SESSIONS}::test_a_changed_standing_of_the_member_is_known_at_once",
                                       f"{WRONG}::test_a_suspended_member_with_live_sessions_and_live_tokens"],
    "guessed passwords": ["members/test_accounts_sign_in.py::test_five_failures_lock_longer_and_longer",
                          "members/test_accounts_sign_in.py::test_many_guesses_at_the_same_moment_count_each",
                          "members/test_accounts_sign_in.py::test_failures_look_the_same",
                          "node/test_edge_limits.py::test_signing_in_is_counted_strictly"],
    "guessed codes": ["members/test_accounts_sign_in.py::test_guessing_codes_locks_even_with_the_right_password",
                      "members/test_accounts_sign_in.py::test_one_code_serves_once_even_at_the_same_moment"],
    "copied or replayed passkeys": ["members/test_passkeys.py::test_a_copied_authenticator_is_noticed",
                                    "members/test_passkeys.py::test_a_challenge_serves_once"],
    "session fixation": [f"{SESSIONS}::test_a_session_planted_before_signing_in_is_not_taken_over",
                         f"{WRONG}::test_a_session_planted_before_signing_in"],
    "requests of other sites": [f"{SESSIONS}::test_other_sites_pages_change_nothing",
                                f"{SESSIONS}::test_under_tls_an_unencrypted_page_of_the_same_host_is_another_site",
                                f"{WRONG}::test_changes_come_from_the_sessions_own_page",
                                f"{WRONG}::test_another_sites_page_signs_nobody_in"],
    "expired session": [f"{SESSIONS}::test_idle_sessions_end",
                        f"{WRONG}::test_an_old_cookie_or_token_keeps_nobody_out_of_public_pages",
                        "journeys/test_firm_owner.py::test_an_owner_and_a_delegate"],
    "path and SQL injection": ["journeys/test_injection.py::test_no_string_does_harm",
                               "journeys/test_sandbox.py::test_odd_paths_lead_nowhere_else",
                               f"{WRONG}::test_nobody_reaches_what_is_others",
                               "members/test_onboarding_routes.py::test_nul_and_quotes_in_texts_do_no_harm"],
    "whatever the description allows and forbids": ["node/test_openapi.py::test_no_request_is_an_error_of_our_own"],
    "corrupted key file": ["crypto/test_key_file.py::test_a_damaged_file_is_explained_and_left_alone",
                           "crypto/test_vault.py::test_a_corrupted_key_file_stops_the_start",
                           "journeys/test_start.py::test_faulty_keys_stop_the_start"],
    "wrong key-encryption key": ["crypto/test_vault.py::test_another_key_is_told_apart",
                                 "crypto/test_vault.py::test_a_missing_key_is_named_and_no_other_is_made",
                                 "journeys/test_start.py::test_faulty_keys_stop_the_start"],
    "same person applies and approves": ["members/test_onboarding_transitions.py::test_whoever_applied_takes_no_step",
                                         f"{WRONG}::test_whoever_applies_does_not_approve"],
    "delegate after the last day": ["members/test_delegations.py::test_a_delegate_is_refused_the_day_after",
                                    "journeys/test_firm_owner.py::test_an_owner_and_a_delegate"],
    "sandbox and production": ["journeys/test_sandbox.py::test_each_sees_its_own_tenant",
                               "journeys/test_sandbox.py::test_every_operation_with_a_sandbox_token_stays_in_the_sandbox"],
    "every role at every route": ["node/test_walk.py::test_every_route_with_every_role"],
}  # fmt: skip


@pytest.mark.parametrize("kind", COVERED)
def test_it_is_tried_where_it_is_said(kind: str) -> None:
    for place in COVERED[kind]:
        file, _, name = place.partition("::")
        text = (TESTS / file).read_text(encoding="utf-8")
        assert re.search(rf"^(async )?def {name}\(", text, re.MULTILINE), place
