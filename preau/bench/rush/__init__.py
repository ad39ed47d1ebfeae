"""Opening morning, measured: a town, its real server and worker, and the crowd over HTTP."""
