drop table branch_confirmation;
drop table account_proposal;
drop table known_browser;
drop table sign_in_place;
