"""What delivery follows: certificates, which the sender may want by e-mail, and what comes back about messages."""

from acuse.delivery.followers import certificates, reports
from acuse.delivery.followers.certificates import follow_certificates
from acuse.delivery.followers.reports import follow_reports

ALARMS = (certificates.ALARM, reports.ALARM)

__all__ = ["ALARMS", "follow_certificates", "follow_reports"]
