from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "preau.web"
    verbose_name = "Pages"

    def ready(self) -> None:
        from django.contrib.auth import signals
        from django.core.checks import Tags, register

        from preau.web import sessions
        from preau.web.legal import check_notice

        register(check_notice, Tags.security, deploy=True)

        signals.user_logged_in.connect(sessions.begin)
        signals.user_login_failed.connect(sessions.refuse)
        signals.user_logged_out.connect(sessions.end)
