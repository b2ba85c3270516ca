"""The client's side of CDS Hooks, as EHRs take it: templates resolved, any service called."""
